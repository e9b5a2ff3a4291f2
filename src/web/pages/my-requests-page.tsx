import { PageHeader } from '../components/page-header.tsx';

export function MyRequestsPage() {
  return <PageHeader title="My requests" />;
}
