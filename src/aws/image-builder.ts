import {
  GetImageCommand,
  ImagebuilderClient,
  type ImagebuilderClientConfig,
  type ListContainerRecipesCommandInput,
  type ListImageBuildVersionsCommandInput,
  type ListImageRecipesCommandInput,
  type ListImagesCommandInput,
  paginateListContainerRecipes,
  paginateListImageBuildVersions,
  paginateListImageRecipes,
  paginateListImages,
} from '@aws-sdk/client-imagebuilder';
import { endSilence } from './silence.ts';

/** What is read of EC2 Image Builder. */
export type ImageBuilder = ReturnType<typeof createImageBuilder>;

/** Makes the client; this file is imported when a run first asks Image Builder anything. */
export function createImageBuilder(settings: ImagebuilderClientConfig, silenceMilliseconds: number) {
  const client = new ImagebuilderClient(settings);
  endSilence(client, silenceMilliseconds);
  return {
    getImage: (imageBuildVersionArn: string) => client.send(new GetImageCommand({ imageBuildVersionArn })),
    listContainerRecipes: (input: ListContainerRecipesCommandInput) => paginateListContainerRecipes({ client }, input),
    listImageBuildVersions: (input: ListImageBuildVersionsCommandInput) =>
      paginateListImageBuildVersions({ client }, input),
    listImages: (input: ListImagesCommandInput) => paginateListImages({ client }, input),
    listImageRecipes: (input: ListImageRecipesCommandInput) => paginateListImageRecipes({ client }, input),
    destroy: () => client.destroy(),
  };
}
