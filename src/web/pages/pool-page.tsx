import { PageHeader } from '../components/page-header.tsx';

export function PoolPage() {
  return <PageHeader title="Pool" />;
}
