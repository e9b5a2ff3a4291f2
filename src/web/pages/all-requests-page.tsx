import { PageHeader } from '../components/page-header.tsx';

export function AllRequestsPage() {
  return <PageHeader title="All requests" />;
}
