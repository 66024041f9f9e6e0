// Logs, traces and metrics. Ingestion by identity only.
import { roles } from './roles.bicep'
import { principal } from './types.bicep'

@description('Ending of the names.')
@minLength(13)
@maxLength(13)
param token string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Most gigabytes taken in a day; what is above is dropped, so that a loop that logs can not empty a budget.')
@minValue(1)
@maxValue(100)
param dailyGigabytes int

@description('The function app.')
param app principal

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyGigabytes }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: workspace.id
  }
}

resource appMetrics 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, app.id, roles.monitoringMetricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Resource id of the log workspace.')
output workspaceId string = workspace.id

@description('Where telemetry goes. With local authentication off it names a place and opens nothing.')
output connectionString string = insights.properties.ConnectionString
