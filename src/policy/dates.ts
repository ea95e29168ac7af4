export { readDate } from '../model/dates.ts';
