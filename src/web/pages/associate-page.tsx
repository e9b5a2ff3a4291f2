import { PageHeader } from '../components/page-header.tsx';

export function AssociatePage() {
  return <PageHeader title="Associate an existing VNet" />;
}
