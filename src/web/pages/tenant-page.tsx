import { PageHeader } from '../components/page-header.tsx';

export function TenantPage() {
  return <PageHeader title="Tenant" />;
}
