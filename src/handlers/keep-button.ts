import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2, LambdaFunctionURLEvent } from 'aws-lambda';
import { parseEnvironment } from './environment.ts';
import { answerInteraction } from './interaction-handler.ts';

const logger = new Logger();

/** Answers the buttons under owners' messages: Slack calls it by its function URL. */
export async function handler(event: LambdaFunctionURLEvent): Promise<APIGatewayProxyStructuredResultV2> {
  const { body = '', headers, isBase64Encoded } = event;
  return answerInteraction(
    {
      body: isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
      signature: headers['x-slack-signature'],
      timestamp: headers['x-slack-request-timestamp'],
    },
    {
      environment: parseEnvironment(process.env),
      apiUrl: process.env.SLACK_API_URL,
      logger,
      now: new Date(),
    },
  );
}
