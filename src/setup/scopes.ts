/** The resource group, where there is one, and the subscription of an ARM id. */
export function scopesAbove(id: string): readonly string[] {
  const [, subscriptions, subscriptionId, , group] = id.split('/');
  const subscription = `/${subscriptions}/${subscriptionId}`;
  const inGroup = /^\/subscriptions\/[^/]+\/resourceGroups\//i.test(id);
  return inGroup ? [`${subscription}/resourceGroups/${group}`, subscription] : [subscription];
}
