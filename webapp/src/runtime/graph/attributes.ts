import type { DataType } from '@tensorflow/tfjs-core';
import type { Reader } from '../../contract/reader';

/** TensorFlow's names of the types that tensors have here. */
const TYPES: Readonly<Record<string, DataType>> = { DT_FLOAT: 'float32', DT_INT32: 'int32', DT_BOOL: 'bool' };

/** The attributes of a node of `model.json`, which are a GraphDef's in JSON: whole numbers as text, text in base64. */
export class Attributes {
  constructor(private readonly node: Reader) {}

  flag(name: string): boolean {
    return this.value(name)?.at('b').value === true;
  }

  /** @param otherwise Where the node has no such attribute. */
  number(name: string, otherwise: number): number {
    const value = this.value(name);
    if (!value) return otherwise;
    return value.has('i') ? wholeNumber(value.at('i')) : value.at('f').number();
  }

  /** Empty where the node has no such attribute. */
  numbers(name: string): number[] {
    return this.list(name, 'i', wholeNumber);
  }

  text(name: string, otherwise: string): string {
    const value = this.value(name);
    return value ? atob(value.at('s').string()) : otherwise;
  }

  /** Empty where the node has no such attribute. */
  texts(name: string): string[] {
    return this.list(name, 's', (item) => atob(item.string()));
  }

  type(name: string): DataType {
    const type = this.node.at('attr').at(name).at('type');
    return TYPES[type.string()] ?? type.fail(Object.keys(TYPES).join(' or '));
  }

  /** Says that an attribute has a value that cannot be computed with. */
  fail(name: string, expected: string): never {
    return this.node.at('attr').at(name).fail(expected);
  }

  private value(name: string): Reader | null {
    if (!this.node.has('attr')) return null;
    const attributes = this.node.at('attr');
    return attributes.has(name) ? attributes.at(name) : null;
  }

  private list<T>(name: string, kind: string, read: (item: Reader) => T): T[] {
    const list = this.value(name)?.at('list');
    if (!list?.has(kind)) return [];
    return list.at(kind).list(read);
  }
}

function wholeNumber(reader: Reader): number {
  const value = Number(reader.value);
  return Number.isSafeInteger(value) && reader.value !== '' ? value : reader.fail('a whole number');
}
