import type { Catalogue, CatalogueFile, CatalogueModel } from './types';
import { parseJson, type Reader } from './reader';

/** Names of files inside a model's folder: no folders, nothing that climbs out. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function readFile(file: Reader): CatalogueFile {
  const sha256 = file.at('sha256');
  if (!/^[0-9a-f]{64}$/.test(sha256.string())) sha256.fail('64 lower-case hexadecimal digits');
  return { bytes: file.at('bytes').integer(0), sha256: sha256.string() };
}

function readModel(model: Reader): CatalogueModel {
  const files = model.at('files').entries().map(([name, file]): [string, CatalogueFile] => {
    if (!FILE_NAME.test(name)) file.fail('a plain file name as key');
    return [name, readFile(file)];
  });
  return { version: model.at('version').string(), files: Object.fromEntries(files) };
}

/** Reads and checks `catalogue.json`. Throws MienError `spec-invalid` that names file, field, expected and found. */
export function readCatalogue(text: string, file = 'catalogue.json'): Catalogue {
  const root = parseJson(file, text);
  const format = root.at('format').literal('mien-catalogue/1');
  const models = root.at('models').entries().map(([task, model]): [string, CatalogueModel] => [task, readModel(model)]);
  return { format, models: Object.fromEntries(models) };
}
