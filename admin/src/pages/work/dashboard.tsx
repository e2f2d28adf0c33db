import { getDashboardOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';

import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';

export default function Dashboard() {
  const dashboard = useQuery(getDashboardOptions());
  return <Page title="Panel"><Loaded query={dashboard}>{(d) => <>{d.today.conversations}</>}</Loaded></Page>;
}
