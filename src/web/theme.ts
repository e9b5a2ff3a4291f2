/**
 * Applies the colours that somebody chose before anything is painted. A script of its own because the content
 * security policy forbids inline ones.
 */
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // Storage may be forbidden; the colours of the system apply.
}
