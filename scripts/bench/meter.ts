/**
 * Loaded before the product in a fresh process (`--import`): watches it from outside, and writes what it used as it
 * ends. The product itself runs as it is shipped.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { Metered } from './messages.ts';

const FIRST_REQUEST = 'http.client.request.start';
const file = process.env.AMI_JANITOR_METER ?? '';
let firstRequest = 0;

function started(): void {
  firstRequest = performance.now();
  unsubscribe(FIRST_REQUEST, started);
}
subscribe(FIRST_REQUEST, started);

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const result: Metered = {
    cpuSeconds: (user + system) / 1e6,
    peakRssMB: process.resourceUsage().maxRSS / 1000,
    startSeconds: firstRequest / 1000,
  };
  writeFileSync(file, JSON.stringify(result));
});
