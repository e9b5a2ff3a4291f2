import { PageHeader } from '../components/page-header.tsx';

export function RemovePage() {
  return <PageHeader title="Remove a VNet" />;
}
