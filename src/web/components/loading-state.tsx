/** Bars where the content will be. */
export function LoadingState({ label, lines = 4 }: { label: string; lines?: number }) {
  return (
    <div class="loading-state" role="status">
      <span class="visually-hidden">{label}…</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="skeleton" aria-hidden="true" />
      ))}
    </div>
  );
}
