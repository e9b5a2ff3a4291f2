import { useState } from 'preact/hooks';
import { Icon } from '../components/icon.tsx';

type Theme = 'system' | 'light' | 'dark';

const labels: Readonly<Record<Theme, string>> = {
  system: 'System colours',
  light: 'Light',
  dark: 'Dark',
};

const current = (): Theme => {
  const theme = document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
};

/** Light, dark, or as the system says; kept in the browser (see theme.ts). */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(current);
  const choose = (next: Theme) => {
    if (next === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = next;
    try {
      if (next === 'system') localStorage.removeItem('theme');
      else localStorage.setItem('theme', next);
    } catch {
      // Storage may be forbidden; the choice then lasts until the page is left.
    }
    setTheme(next);
  };
  return (
    <label class="theme-switch">
      <Icon name={theme === 'dark' ? 'moon' : 'sun'} />
      <span class="visually-hidden">Colours</span>
      <select value={theme} onChange={(event) => choose(event.currentTarget.value as Theme)}>
        {(Object.keys(labels) as Theme[]).map((name) => (
          <option key={name} value={name}>
            {labels[name]}
          </option>
        ))}
      </select>
    </label>
  );
}
