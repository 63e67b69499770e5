import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { Permission } from '../src/identity/permissions.js';
import { ALLOW, PUBLIC } from '../src/web/allow.js';
import type { SmallWeb } from './small-web.js';

export interface Route {
  method: string;
  /** As registered, e.g. `/threshold/:id`. */
  path: string;
  handler: string;
  permission: Permission | undefined;
  open: boolean;
  /** Classes of its parameters: inputs among others. */
  types: (new () => object)[];
}

const METHODS = { [RequestMethod.GET]: 'GET', [RequestMethod.POST]: 'POST', [RequestMethod.PUT]: 'PUT', [RequestMethod.DELETE]: 'DELETE', [RequestMethod.PATCH]: 'PATCH' } as Record<number, string>;

const joined = (...parts: string[]): string => `/${parts.flatMap((part) => part.split('/')).filter((part) => part !== '').join('/')}`;
const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]) as string[];

/** Every route of every controller, by reflection. */
export function routesOf(web: SmallWeb): Route[] {
  const controllers = [...web.app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()].map((one) => one.metatype as new () => object));
  return [...new Set(controllers)].flatMap((controller) => Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler = (controller.prototype as Record<string, unknown>)[name];
    const method = typeof handler === 'function' ? (Reflect.getMetadata(METHOD_METADATA, handler) as number | undefined) : undefined;
    if (typeof handler !== 'function' || method === undefined) return [];
    return list(Reflect.getMetadata(PATH_METADATA, controller)).flatMap((prefix) => list(Reflect.getMetadata(PATH_METADATA, handler)).map((path): Route => ({
      method: METHODS[method] ?? String(method), path: joined(prefix, path), handler: `${controller.name}.${name}`,
      permission: (Reflect.getMetadata(ALLOW, handler) ?? Reflect.getMetadata(ALLOW, controller)) as Permission | undefined,
      open: (Reflect.getMetadata(PUBLIC, handler) ?? Reflect.getMetadata(PUBLIC, controller)) === true,
      types: (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ?? []) as (new () => object)[],
    })));
  }));
}
