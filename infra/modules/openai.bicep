// Azure OpenAI: a deployment that answers, and preference fine-tuning where asked for. By identity only.
import { roles } from './roles.bicep'
import { principal } from './types.bicep'

@description('Name of the resource and of its host.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Model that answers.')
param model string

@description('Version of the model.')
param modelVersion string

@description('Thousands of tokens a minute.')
@minValue(1)
@maxValue(10000)
param capacity int

@description('Whether the app may also train and deploy models here.')
param fineTuning bool

@description('The function app.')
param app principal

var appRole = fineTuning ? roles.cognitiveServicesOpenAIContributor : roles.cognitiveServicesOpenAIUser

resource account 'Microsoft.CognitiveServices/accounts@2024-10-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2024-10-01' = {
  parent: account
  name: model
  sku: { name: 'GlobalStandard', capacity: capacity }
  properties: {
    model: { format: 'OpenAI', name: model, version: modelVersion }
    versionUpgradeOption: 'NoAutoUpgrade'
  }
}

resource appModels 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, app.id, appRole)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', appRole)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Address of the resource.')
output endpoint string = account.properties.endpoint

@description('Resource id of the account.')
output accountId string = account.id
