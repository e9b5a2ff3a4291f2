import type { RequestSummary } from '../../model/api/request-views.ts';
import type { IconName } from '../components/icon.tsx';

type Asked = Pick<RequestSummary, 'operation' | 'mode'>;

/** What an operation is called on the page. */
export function operationWords({ operation, mode }: Asked): { label: string; icon: IconName } {
  if (operation === 'allocate') return { label: 'New VNet', icon: 'plus' };
  if (operation === 'associate') return { label: 'Associate', icon: 'link' };
  return mode === 'disassociate'
    ? { label: 'Disassociate', icon: 'undo' }
    : { label: 'Delete', icon: 'trash' };
}

export const requestHref = (id: string): string => `/requests/${encodeURIComponent(id)}`;
