/** No call of a function's streams events: bundled in place of the SDK's code for them, which every client of S3 brings. */
export const resolveEventStreamSerdeConfig = (config) => config;
export const eventStreamSerdeProvider = () => undefined;
export const EventStreamSerde = undefined;
