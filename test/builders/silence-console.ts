import { vi } from 'vitest';

/** Keeps what functions log out of the tests' output; the file's end gives the console back. */
export function silenceConsole(): void {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
}
