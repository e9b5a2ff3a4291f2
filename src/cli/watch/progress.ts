import type { RequestDetail } from '../../model/api/request-views.ts';
import { printable } from '../render/printable.ts';
import { logLineOf } from '../render/timeline.ts';
import type { Session } from '../session.ts';
import { renderLiveFrame } from './live-frame.ts';

/** Shows on the error output how far a request is. */
export interface Progress {
  show(request: RequestDetail): void;
  /** Something about the watching itself; undefined: all is well again. */
  trouble(text: string | undefined): void;
  /** Leaves on the screen what was shown last. */
  stop(): void;
}

const frameMs = 120;

/** A picture that moves on a terminal, a line for each happening elsewhere, nothing with --quiet. */
export async function startProgress(session: Session): Promise<Progress> {
  const { options, world } = session;
  if (options.quiet) return silent;
  return world.stderr.isTTY && world.env['TERM'] !== 'dumb'
    ? await startLive(session)
    : startLog(session);
}

const silent: Progress = { show() {}, trouble() {}, stop() {} };

function startLog(session: Session): Progress {
  const told = new Set<string>();
  let lastTrouble: string | undefined;
  return {
    show(request) {
      for (const entry of request.timeline) {
        if (told.has(entry.key)) continue;
        told.add(entry.key);
        session.note(logLineOf(entry));
      }
    },
    trouble(text) {
      if (text !== undefined && text !== lastTrouble) session.note(text);
      lastTrouble = text;
    },
    stop() {},
  };
}

async function startLive(session: Session): Promise<Progress> {
  const { createLogUpdate } = await import('log-update');
  const { stderr } = session.world;
  const screen = createLogUpdate(stderr as NodeJS.WriteStream, { showCursor: false });
  const startedAt = Date.now();
  let shown: RequestDetail | undefined;
  let trouble: string | undefined;
  let frame = 0;
  const linesOf = (request: RequestDetail, isLast: boolean) =>
    renderLiveFrame(request, session.errorLook, {
      frame,
      elapsedMs: Date.now() - startedAt,
      rows: stderr.rows ?? 24,
      trouble,
      isLast,
    });
  const paint = () => {
    if (shown) screen(linesOf(shown, false).join('\n'));
  };
  const timer = setInterval(() => {
    frame++;
    paint();
  }, frameMs);
  return {
    show(request) {
      shown = printable(request);
      paint();
    },
    trouble(text) {
      trouble = text;
      paint();
    },
    stop() {
      clearInterval(timer);
      // Written without the screen's help: what is longer than the window is to be there when one
      // scrolls up.
      screen.clear();
      screen.done();
      if (shown) for (const line of linesOf(shown, true)) stderr.write(`${line}\n`);
    },
  };
}
