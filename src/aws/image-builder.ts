import {
  GetImageCommand,
  type GetImageCommandInput,
  type GetImageCommandOutput,
  ImagebuilderClient,
  type ImagebuilderClientConfig,
  ListContainerRecipesCommand,
  type ListContainerRecipesCommandInput,
  type ListContainerRecipesCommandOutput,
  ListImageBuildVersionsCommand,
  type ListImageBuildVersionsCommandInput,
  type ListImageBuildVersionsCommandOutput,
  ListImageRecipesCommand,
  type ListImageRecipesCommandInput,
  type ListImageRecipesCommandOutput,
  ListImagesCommand,
  type ListImagesCommandInput,
  type ListImagesCommandOutput,
} from '@aws-sdk/client-imagebuilder';
import { endSilence } from './silence.ts';

/** What is read of EC2 Image Builder. */
export interface ImageBuilder {
  readonly getImage: (input: GetImageCommandInput) => Promise<GetImageCommandOutput>;
  readonly listContainerRecipes: (
    input: ListContainerRecipesCommandInput,
  ) => Promise<ListContainerRecipesCommandOutput>;
  readonly listImageBuildVersions: (
    input: ListImageBuildVersionsCommandInput,
  ) => Promise<ListImageBuildVersionsCommandOutput>;
  readonly listImages: (input: ListImagesCommandInput) => Promise<ListImagesCommandOutput>;
  readonly listImageRecipes: (input: ListImageRecipesCommandInput) => Promise<ListImageRecipesCommandOutput>;
  readonly destroy: () => void;
}

/** Makes the client; this file is imported when a run first asks Image Builder anything. */
export function createImageBuilder(settings: ImagebuilderClientConfig, silenceMilliseconds: number): ImageBuilder {
  const client = new ImagebuilderClient(settings);
  endSilence(client, silenceMilliseconds);
  return {
    getImage: (input) => client.send(new GetImageCommand(input)),
    listContainerRecipes: (input) => client.send(new ListContainerRecipesCommand(input)),
    listImageBuildVersions: (input) => client.send(new ListImageBuildVersionsCommand(input)),
    listImages: (input) => client.send(new ListImagesCommand(input)),
    listImageRecipes: (input) => client.send(new ListImageRecipesCommand(input)),
    destroy: () => client.destroy(),
  };
}
