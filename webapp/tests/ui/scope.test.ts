import { describe, expect, it, vi } from 'vitest';
import { Scope } from '../../src/ui/scope';

describe('Scope', () => {
  it('ends what it owns once, the last first', () => {
    const scope = new Scope();
    const ended: string[] = [];
    scope.add(() => ended.push('first'));
    scope.add(() => ended.push('second'));
    scope.dispose();
    scope.dispose();
    expect(ended).toEqual(['second', 'first']);
  });

  it('ends at once what comes after its own end', () => {
    const scope = new Scope();
    scope.dispose();
    const track = { stop: vi.fn() };
    scope.stream({ getTracks: () => [track] } as unknown as MediaStream);
    expect(track.stop).toHaveBeenCalledOnce();
  });

  it('takes listeners and timers with it', () => {
    vi.useFakeTimers();
    const scope = new Scope();
    const target = new EventTarget();
    const heard = vi.fn();
    scope.listen(target, 'ping', heard);
    scope.timeout(heard, 10);
    scope.interval(heard, 10);
    target.dispatchEvent(new Event('ping'));
    scope.dispose();
    target.dispatchEvent(new Event('ping'));
    vi.advanceTimersByTime(100);
    expect(heard).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it('ends its children, and forgets those that ended before', () => {
    const scope = new Scope();
    const ended = vi.fn();
    const early = scope.child();
    early.add(ended);
    early.dispose();
    const late = scope.child();
    late.add(ended);
    expect(scope.disposed()).toBe(false);
    scope.dispose();
    expect(ended).toHaveBeenCalledTimes(2);
    expect(late.disposed()).toBe(true);
  });

  it('ends the rest where one ending throws', () => {
    const report = vi.fn();
    vi.stubGlobal('reportError', report);
    const scope = new Scope();
    const ended = vi.fn();
    scope.add(ended);
    scope.add(() => {
      throw new Error('stuck');
    });
    scope.dispose();
    expect(ended).toHaveBeenCalledOnce();
    expect(report).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });
});
