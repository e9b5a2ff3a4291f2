import { PageHeader } from '../components/page-header.tsx';

export function PoolsPage() {
  return <PageHeader title="Pools" />;
}
