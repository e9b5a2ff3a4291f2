import { PageHeader } from '../components/page-header.tsx';

export function NewRequestPage() {
  return <PageHeader title="New request" />;
}
