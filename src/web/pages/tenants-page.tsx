import { PageHeader } from '../components/page-header.tsx';

export function TenantsPage() {
  return <PageHeader title="Tenants" />;
}
