// One account: blobs, rows, Durable's history and queues, the app's package. Without account keys, so that a leaked one can't exist.
import { roles } from './roles.bicep'
import { deployerPrincipal, principal } from './types.bicep'

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('How often the data are kept: in one data centre, in three of a region, or in two regions.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string

@description('Days that deleted and overwritten blobs can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('The function app.')
param app principal

@description('The training job.')
param trainer principal

@description('Whoever deploys: drops prompt files, uploads models.')
param deployer deployerPrincipal

var packageContainer = 'app-package'
var dataContainers = ['inbox', 'prompts', 'campaigns', 'runs', 'models']

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource package 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: packageContainer
  properties: { publicAccess: 'None' }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in dataContainers: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

// The app: the account, not containers, because the host, Durable and Core make tables, queues and containers of their own there.
// Owner, not Contributor, is what the Functions host asks for on its own storage; queues carry Durable and the inbox trigger's events.
resource appBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, app.id, roles.storageBlobDataOwner)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, app.id, roles.storageQueueDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataContributor)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, app.id, roles.storageTableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

// The job: writes runs, reads models, sees no prompt file, no ranking and no annotator.
resource trainerRuns 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: containers[3]
  name: guid(containers[3].id, trainer.id, roles.storageBlobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor)
    principalId: trainer.principalId
    principalType: 'ServicePrincipal'
  }
}

resource trainerModels 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: containers[4]
  name: guid(containers[4].id, trainer.id, roles.storageBlobDataReader)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataReader)
    principalId: trainer.principalId
    principalType: 'ServicePrincipal'
  }
}

resource deployerInbox 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployer.principalId)) {
  scope: containers[0]
  name: guid(containers[0].id, deployer.principalId, roles.storageBlobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor)
    principalId: deployer.principalId
    principalType: deployer.principalType
  }
}

resource deployerModels 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployer.principalId)) {
  scope: containers[4]
  name: guid(containers[4].id, deployer.principalId, roles.storageBlobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor)
    principalId: deployer.principalId
    principalType: deployer.principalType
  }
}

// Events of the account. What subscribes to it comes after the code is there (inbox-events.bicep): a webhook nobody answers is refused.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${name}'
  location: location
  tags: tags
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

@description('Name of the account.')
output name string = account.name

@description('Address of the blobs, with a slash at the end.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Address of the tables, with a slash at the end.')
output tableEndpoint string = account.properties.primaryEndpoints.table

@description('Container of the deployed package.')
output packageContainer string = package.name

@description('Name of the topic that inbox events come from.')
output topicName string = topic.name
