import { vi } from 'vitest';

/** Keeps what functions log out of the tests' output; the file's end gives the console back. */
export function silenceConsole(): void {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
}

/** Gathers what functions log, line by line, instead. */
export function keepLog(): string[] {
  const log: string[] = [];
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: string) => void log.push(line));
  return log;
}
