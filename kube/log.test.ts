import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { type LogOptions, openLog } from './log.ts';

const linesOf = (options: LogOptions, write: (log: ReturnType<typeof openLog>) => void): readonly string[] => {
  const lines: string[] = [];
  write(openLog(options, { write: line => void lines.push(line), flush: () => Promise.resolve() }));
  return lines;
};

suite('the log', () => {
  test('is one JSON object a line, with the level as a word and the time as text', () => {
    const [line = ''] = linesOf({ level: 'info', format: 'json' }, log =>
      log.info('acted', { controller: 'statefulset', key: 'default/web', why: 'its image changed', outcome: 'done' }),
    );
    const { time, ...rest } = JSON.parse(line) as { time: string };
    assert.deepEqual(rest, {
      level: 'info',
      controller: 'statefulset',
      key: 'default/web',
      why: 'its image changed',
      outcome: 'done',
      msg: 'acted',
    });
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(line.endsWith('\n'));
  });
  test('as text is one readable line, whatever stands in a field', () => {
    const lines = linesOf({ level: 'debug', format: 'text' }, log => {
      log.warn('acted', { key: 'default/web', why: 'two\nlines and "quotes"', n: 3 });
      log.debug('plain');
    });
    assert.match(
      lines[0] ?? '',
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}acted {2}key=default\/web why="two\\nlines and \\"quotes\\"" n=3\n$/,
    );
    assert.match(lines[1] ?? '', /^\S+ DEBUG plain\n$/);
  });
  test('leaves out what is below its level', () => {
    const lines = linesOf({ level: 'warn', format: 'json' }, log => {
      log.debug('a');
      log.info('b');
      log.warn('c');
      log.error('d');
    });
    assert.deepEqual(
      lines.map(line => (JSON.parse(line) as { msg: string }).msg),
      ['c', 'd'],
    );
  });
  test('has left the process once it is flushed, also when that ends at once', async () => {
    const module = JSON.stringify(new URL('log.ts', import.meta.url).href);
    const program = `
      import { openLog } from ${module};
      const log = openLog({ level: 'info', format: 'json' });
      for (let i = 0; i < 5000; i += 1) log.info('line');
      await log.flush();
      process.exit();`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '--eval',
      program,
    ]);
    assert.equal(stdout.split('\n').length - 1, 5000);
  });
});
