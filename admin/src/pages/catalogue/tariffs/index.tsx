import { Navigate, useParams } from '@tanstack/react-router';

/** A category is opened on its tiers. */
export default function CategoryIndex() {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const to: string = `/tarifas/${cat}/tramos`;
  return <Navigate to={to} replace />;
}
