import { paginateDescribeFastLaunchImages } from '@aws-sdk/client-ec2';
import { essential, itemsOf } from '../aws/requests.ts';
import type { Finder } from './finder.ts';
import { imageFindings, nameOf, reference, templateFindings } from './findings.ts';

/** As many as EC2 gives in one page. */
const MOST = 200;

/** Images, shared ones too, for which Windows Fast Launch keeps snapshots ready, with the launch templates that it goes by. */
export const find: Finder['find'] = async function* ({ clients, requests }) {
  const pages = paginateDescribeFastLaunchImages({ client: clients.ec2, pageSize: MOST }, {});
  for await (const { ImageId, State, LaunchTemplate } of itemsOf(pages, 'FastLaunchImages', requests)) {
    const named = reference('ec2:FastLaunch', essential(ImageId, 'ImageId of Windows Fast Launch'), State);
    yield* imageFindings(ImageId, named);
    if (LaunchTemplate) yield* templateFindings(LaunchTemplate, nameOf(named));
  }
};
