metadata description = 'Alerts. docs/operations.md says for each what it means and what to do.'

param location string
param tags object

@description('Action groups that are told.')
param actionGroupIds string[]

param workspaceId string
param serviceBusId string

@description('A pool counts as nearly full from this share of its addresses on.')
@minValue(1)
@maxValue(100)
param poolUsedPercent int

// What lies there tells once, when the first message comes, and again only after the queue was empty. What
// arrives tells of each one that comes later.
var fillingQueues = [
  {
    name: 'requests-dead-lettered'
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    entities: ['vnet-requests', 'vnet-events']
    severity: 1
    description: 'Messages lie in the dead-letter queue: the app could not take them in after all tries, or an event was not delivered to the callbacks.'
  }
  {
    name: 'callbacks-failed'
    metric: 'ActiveMessages'
    aggregation: 'Maximum'
    entities: ['vnet-callbacks-failed']
    severity: 2
    description: 'A callback address could not be reached within a day: its system does not know how a request ended.'
  }
  {
    name: 'callbacks-failed-more'
    metric: 'IncomingMessages'
    aggregation: 'Total'
    entities: ['vnet-callbacks-failed']
    severity: 2
    description: 'An event was given up just now, whether or not others lie there already.'
  }
  {
    name: 'requests-rejected'
    metric: 'ActiveMessages'
    aggregation: 'Maximum'
    entities: ['vnet-requests-rejected']
    severity: 3
    description: 'Messages could not become requests; rejectReason and rejectDescription say why.'
  }
  {
    name: 'requests-rejected-more'
    metric: 'IncomingMessages'
    aggregation: 'Total'
    entities: ['vnet-requests-rejected']
    severity: 3
    description: 'A message was rejected just now, whether or not others lie there already.'
  }
]

var metricActions = map(actionGroupIds, id => { actionGroupId: id })

resource queueAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in fillingQueues: {
    name: 'vnetv-${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [serviceBusId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT5M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: 'depth'
            metricNamespace: 'Microsoft.ServiceBus/namespaces'
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: 0
            dimensions: [{ name: 'EntityName', operator: 'Include', values: alert.entities }]
          }
        ]
      }
      actions: metricActions
    }
  }
]

// One line of the log is one JSON object with the member "event".
var entries = '''
AppTraces
| where Message contains '"event":"'
| extend entry = parse_json(extract(@'(\{.*\})', 1, Message))
| extend event = tostring(entry.event)
| extend requestId = tostring(entry.requestId)
| extend requestId = iff(isempty(requestId), 'none', requestId)
'''

// Of one that is per request there is an alert for each request, told once and not taken back: no further line
// only means that nothing more went wrong, not that somebody repaired it.
var logAlerts = [
  {
    name: 'request-parked'
    isPerRequest: true
    description: 'A compensation failed: something is left over in Azure, and a person has to decide. The request names it.'
    severity: 1
    frequency: 'PT5M'
    window: 'PT5M'
    query: '''
{0}| where event == 'request.parked'
'''
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'requests-failed'
    isPerRequest: false
    description: 'Requests failed. One may be a wrong request; several in an hour point to a tenant, a role or a pool.'
    severity: 3
    frequency: 'PT15M'
    window: 'PT1H'
    query: '''
{0}| where event == 'request.state' and tostring(entry.state) == 'failed'
| distinct tostring(entry.requestId)
'''
    operator: 'GreaterThan'
    threshold: 2
  }
  {
    name: 'unforeseen'
    isPerRequest: true
    description: 'Something failed that nobody foresaw: a step, a call of the API, or the start of a request that the sweep found.'
    severity: 2
    frequency: 'PT15M'
    window: 'PT15M'
    query: '''
{0}| where event in ('http.failed', 'sweep.failed') or (event == 'step.failed' and tostring(entry.kind) == 'unexpected')
'''
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'dead-letters-more'
    isPerRequest: false
    description: 'More messages lie in a dead-letter queue than a while ago.'
    severity: 1
    frequency: 'PT15M'
    window: 'PT45M'
    query: '''
{0}| where event == 'messages.dead'
| extend queue = tostring(entry.queue), messages = toint(entry.messages)
| summarize least = min(messages), (latest, last) = arg_max(TimeGenerated, messages) by queue
| where last > least
'''
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'pool-nearly-full'
    isPerRequest: false
    description: 'A pool is nearly full: requests to it are going to fail.'
    severity: 2
    frequency: 'PT15M'
    window: 'PT1H'
    query: '''
{0}| where event == 'pool.usage' and todouble(entry.usedPercent) >= {1}
| distinct tostring(entry.pool)
'''
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'no-heartbeat'
    isPerRequest: false
    description: 'The sweep, which runs every five minutes, has not reported for half an hour: the app is down, or cannot read the ledger.'
    severity: 1
    frequency: 'PT15M'
    window: 'PT30M'
    query: '''
{0}| where event == 'sweep.result'
'''
    operator: 'LessThan'
    threshold: 1
  }
]

resource logQueryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: 'vnetv-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'vnetv ${alert.name}'
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      autoMitigate: !alert.isPerRequest
      // The tables are empty before the first telemetry arrives.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: format(alert.query, entries, poolUsedPercent)
            timeAggregation: 'Count'
            dimensions: alert.isPerRequest ? [{ name: 'requestId', operator: 'Include', values: ['*'] }] : []
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: actionGroupIds }
    }
  }
]
