import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { listProcesses, parseProc, parsePs, useWithDescendants } from './process-use';

describe('what a process has used', () => {
  test('is told of this one, and with what it started', async () => {
    const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => undefined, 1000)']);
    await once(child.stdout, 'data');
    const processes = await listProcesses();
    const own = processes.find(({ pid }) => pid === process.pid);
    expect(own?.residentBytes).toBeGreaterThan(10_000_000);
    expect(own?.cpuSeconds).toBeGreaterThan(0);
    const together = useWithDescendants(processes, process.pid);
    expect(together.residentBytes).toBeGreaterThan((own?.residentBytes ?? 0) + 10_000_000);
    expect(together.uptimeSeconds).toBe(own?.uptimeSeconds);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  test('is not told of one that is not there', () => {
    expect(useWithDescendants([{ pid: 1, parent: 0, cpuSeconds: 4 }], 2)).toEqual({});
  });

  test('counts grandchildren, and leaves out what the system does not tell', () => {
    const processes = [
      { pid: 10, parent: 1, cpuSeconds: 1, uptimeSeconds: 9 },
      { pid: 11, parent: 10, cpuSeconds: 2 },
      { pid: 12, parent: 11, cpuSeconds: 4 },
      { pid: 13, parent: 1, cpuSeconds: 8 },
    ];
    expect(useWithDescendants(processes, 10)).toEqual({ cpuSeconds: 7, uptimeSeconds: 9 });
  });

  test('is read from Linux’s own files, whatever the program is called', () => {
    const stat = '7 (odd) name) S 3 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 10000 1 1';
    const own = { pid: 7, parent: 3, cpuSeconds: 3, uptimeSeconds: 60 };
    expect(parseProc(7, stat, 'Name:\todd\nVmRSS:\t    2048 kB\n', 160)).toEqual({ ...own, residentBytes: 2_097_152 });
    expect(parseProc(7, stat, 'Name:\tkernel\n', 160)).toEqual(own);
  });

  test('is read from ps elsewhere', () => {
    const said = '   12     1 0:01.50   100   01:02\n  345    12 1-02:03:04 2000 2-00:00:01\n';
    expect(parsePs(said)).toEqual([
      { pid: 12, parent: 1, cpuSeconds: 1.5, residentBytes: 102_400, uptimeSeconds: 62 },
      { pid: 345, parent: 12, cpuSeconds: 93_784, residentBytes: 2_048_000, uptimeSeconds: 172_801 },
    ]);
  });
});
