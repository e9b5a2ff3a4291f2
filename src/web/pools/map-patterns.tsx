/** Fills that are told apart without colour. `id` makes their names unique on a page. */
export function MapPatterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}-reserved`}
        width="7"
        height="7"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="fill-reserved-soft" width="7" height="7" />
        <rect class="fill-reserved" width="3" height="7" />
      </pattern>
      <pattern id={`${id}-unknown`} width="8" height="8" patternUnits="userSpaceOnUse">
        <rect class="fill-unknown" width="8" height="8" />
        <path class="line-unknown" d="M2 2l4 4M6 2l-4 4" />
      </pattern>
    </defs>
  );
}
