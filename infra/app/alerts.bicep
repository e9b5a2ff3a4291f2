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

var fillingQueues = [
  {
    name: 'requests-dead-lettered'
    metric: 'DeadletteredMessages'
    entities: ['vnet-requests', 'vnet-events']
    severity: 1
    description: 'Messages lie in the dead-letter queue: the app could not take them in after all tries, or an event was not delivered to the callbacks.'
  }
  {
    name: 'callbacks-failed'
    metric: 'ActiveMessages'
    entities: ['vnet-callbacks-failed']
    severity: 2
    description: 'A callback address could not be reached within a day: its system does not know how a request ended.'
  }
  {
    name: 'requests-rejected'
    metric: 'ActiveMessages'
    entities: ['vnet-requests-rejected']
    severity: 3
    description: 'Messages could not become requests; rejectReason and rejectDescription say why.'
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
            timeAggregation: 'Maximum'
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
'''

var logAlerts = [
  {
    name: 'request-parked'
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
    name: 'pool-nearly-full'
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
      autoMitigate: true
      // The tables are empty before the first telemetry arrives.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: format(alert.query, entries, poolUsedPercent)
            timeAggregation: 'Count'
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
