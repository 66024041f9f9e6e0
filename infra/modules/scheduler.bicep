// The Durable Task Scheduler as the backend of the orchestrations, instead of Azure Storage.
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

@description('The function app.')
param app principal

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: 'dts-${token}'
  location: location
  tags: tags
  properties: {
    ipAllowlist: ['0.0.0.0/0']
    sku: { name: 'Consumption' }
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2025-11-01' = {
  parent: scheduler
  name: 'rlhf'
  properties: {}
}

resource appTasks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: taskHub
  name: guid(taskHub.id, app.id, roles.durableTaskDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.durableTaskDataContributor)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Where the task hub is and as whom the app goes there; it holds no key.')
output connectionString string = 'Endpoint=${scheduler.properties.endpoint};TaskHub=${taskHub.name};Authentication=ManagedIdentity;ClientID=${app.clientId}'

@description('Name of the task hub.')
output taskHubName string = taskHub.name
