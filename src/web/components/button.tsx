import type { ButtonHTMLAttributes } from 'preact';

interface Props extends Omit<ButtonHTMLAttributes, 'class' | 'type' | 'disabled'> {
  /** `primary`: the one thing to do here. `danger`: takes something away. `quiet`: without a frame. */
  readonly kind?: 'primary' | 'secondary' | 'danger' | 'quiet';
  readonly type?: 'button' | 'submit';
  /** Runs now: it cannot be pressed again, but keeps the focus. */
  readonly busy?: boolean;
  readonly class?: string;
}

/** While busy it stays focusable: a button that is disabled under the finger loses the keyboard's place. */
export function Button({
  kind = 'secondary',
  type = 'button',
  busy = false,
  class: extra,
  onClick,
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={type}
      class={`button button-${kind} ${extra ?? ''}`}
      aria-busy={busy ? true : undefined}
      aria-disabled={busy ? true : undefined}
      onClick={(event) => {
        // Its element may become another button's by what `onClick` changes, before the browser looks what it is to do.
        if (busy || type === 'button') event.preventDefault();
        if (busy) return;
        if (typeof onClick === 'function') onClick.call(event.currentTarget as never, event);
      }}
    />
  );
}
