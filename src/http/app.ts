import express, { type Express, type RequestHandler } from 'express';
import { readBody, readSubtitleBody, readTorrentBody, readTorrentForm } from './body.ts';
import { cors } from './cors.ts';
import type { AppDeps } from './deps.ts';
import { guard, refuseWebSockets } from './guard/guard.ts';
import { problemHandler, unknownRoute } from './problem-handler.ts';
import { requestLog } from './request-log.ts';
import { castRoutes } from './routes/cast.ts';
import { cleanupRoutes } from './routes/cleanup.ts';
import { directRoutes } from './routes/direct.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { renditionRoutes } from './routes/renditions.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { statsRoutes } from './routes/stats.ts';
import { streamRoutes } from './routes/stream.ts';
import { subtitleRoutes } from './routes/subtitles.ts';
import { torrentRoutes } from './routes/torrents.ts';

/** The HTTP face of the core (contract §2, §3). Holds no state of its own: `listen` gives it a socket. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  // Validators of our own where they mean something; hashing each playlist would cost and tell nothing.
  app.disable('etag');
  app.set('trust proxy', false);
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.use(requestLog(deps.log));
  app.use(securityHeaders);
  app.use(guard(deps.config, (...asked) => deps.castAccess.verify(...asked)));
  app.use(refuseWebSockets);
  app.use(cors);
  app.use(readSubtitleBody, readTorrentBody, readTorrentForm, readBody);
  app.use(
    healthRoutes(deps),
    sessionRoutes(deps),
    streamRoutes(deps),
    renditionRoutes(deps),
    directRoutes(deps),
    subtitleRoutes(deps),
    torrentRoutes(deps),
    eventRoutes(deps),
    statsRoutes(deps),
    cleanupRoutes(deps),
    castRoutes(deps),
  );
  app.use(unknownRoute);
  app.use(problemHandler(deps.log));
  return app;
}

/** No answer of ours is a page: nothing in it may run, be framed or be taken for another type. */
const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; media-src 'self'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  });
  next();
};
