import type { AddressSpace } from './address-space.ts';
import type { Prefix } from './prefix.ts';
import { pathTo } from './window-path.ts';
import { writePrefix } from './write-prefix.ts';

interface Props {
  readonly space: AddressSpace;
  readonly window: Prefix;
  readonly hrefOf: (window: Prefix) => string;
}

/** Where in the pool the map is: each step out is a link; the prefixes of a pool stand side by side. */
export function MapPath({ space, window, hrefOf }: Props) {
  const path = pathTo(space, window);
  const [root] = path;
  const others = space.roots.filter((each) => root !== undefined && each.start !== root.start);
  return (
    <div class="map-path">
      <nav aria-label="Zoom">
        <ol>
          {path.map((step, index) => (
            <li key={writePrefix(step)}>
              {index === path.length - 1 ? (
                <strong class="mono" aria-current="location">
                  {writePrefix(step)}
                </strong>
              ) : (
                <a class="mono" href={hrefOf(step)}>
                  {writePrefix(step)}
                </a>
              )}
            </li>
          ))}
        </ol>
      </nav>
      {others.length > 0 && (
        <p class="small muted">
          Other prefixes of the pool:{' '}
          {others.map((each) => (
            <a key={writePrefix(each)} class="mono" href={hrefOf(each)}>
              {writePrefix(each)}
            </a>
          ))}
        </p>
      )}
    </div>
  );
}
