export { type CreateAppOptions, type CreatedApp, createApp, type PackageManager } from "./create-app.ts";
export { CreateError, type CreateErrorCode } from "./errors.ts";
export { type Example, openRepository, type Repository } from "./repository.ts";
