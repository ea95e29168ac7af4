import { objectAddress } from '../../publish/report-address.ts';

/** Where the newest summary of an organization lies: the same place run after run. */
export const LATEST_SUMMARY = 'latest/organization/';

/** Where reports lie, and where people open them. */
type ReportPlace = Parameters<typeof objectAddress>[1];

/** The address at which people open the newest summary. */
export function summaryAddress(place: ReportPlace): string {
  return objectAddress(`${LATEST_SUMMARY}summary.html`, place);
}
