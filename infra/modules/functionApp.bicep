// The function app: Flex Consumption, its storage by identity, its settings, and sign-in for owners that leaves invited annotators alone.
import { principal } from './types.bicep'

@description('Name of the app and of its host.')
@minLength(2)
@maxLength(60)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The function app.')
param identity principal

@description('Name of the storage account.')
param storageName string

@description('Address of the blobs.')
param blobEndpoint string

@description('Address of the tables.')
param tableEndpoint string

@description('Container of the deployed package.')
param packageContainer string

@description('Where telemetry goes.')
param insightsConnection string

@description('Key Vault reference of the keys that sign invites.')
param signingKeysReference string

@description('Client id of the Entra application that owners sign in to.')
@minLength(36)
@maxLength(36)
param authClientId string

@description('Object ids of the owners, comma-separated.')
@minLength(36)
param owners string

@description('Further host names of the app, comma-separated; its own is always among them.')
param extraHosts string

@description('Model of a campaign that names none.')
param defaultModel string

@description('Settings of the parts that may be absent: the training job, Azure OpenAI, the Durable Task Scheduler.')
param optionalSettings object

@description('Settings of this deployment alone: tokens and keys of generators and Label Studio. They stay where the set is written again, and yield to the ones above.')
@secure()
param extraSettings object

@description('Memory of an instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int

@description('Most instances at a time.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('Instances kept warm, by group: http, durable, blob. Each costs all day.')
param alwaysReady { http: int, durable: int, blob: int }

var ownSettings = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.clientId
  AzureWebJobsDisableHomepage: 'true'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
  AZURE_CLIENT_ID: identity.clientId
  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.clientId
  RLHF_STORAGE: blobEndpoint
  RLHF_TABLES: tableEndpoint
  RLHF_IDENTITY: identity.clientId
  RLHF_SIGNING_KEYS: signingKeysReference
  RLHF_OWNERS: owners
  RLHF_ALLOWED_HOSTS: empty(extraHosts) ? app.properties.defaultHostName : '${app.properties.defaultHostName},${extraHosts}'
  RLHF_DEFAULT_MODEL: defaultModel
  // Every five minutes; Event Grid tells of new files at once.
  RLHF_INBOX_SWEEP: '0 */5 * * * *'
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd finds the app that it deploys to by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        alwaysReady: [
          for group in filter(items(alwaysReady), each => each.value > 0): {
            name: group.key
            instanceCount: group.value
          }
        ]
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    // The whole set is replaced at every deployment: what is not in here goes. The last wins, so that nothing from outside takes a key where an identity is meant.
    properties: union(extraSettings, ownSettings, optionalSettings)
  }

  // Who calls is told to the app in X-MS-CLIENT-PRINCIPAL, which the platform strips from what comes in; who may do what, Core decides.
  // Everybody gets through to it, because annotators come with an invite and without an account.
  resource signIn 'config' = {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true, runtimeVersion: '~1' }
      globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: authClientId
            // The app's identity stands in for a client secret (a federated credential of the application, hooks/postprovision).
            clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
          validation: {
            allowedAudiences: [authClientId, 'api://${authClientId}']
            defaultAuthorizationPolicy: { allowedApplications: [authClientId] }
          }
        }
      }
      login: { tokenStore: { enabled: false } }
    }
    dependsOn: [settings]
  }

  resource scmBasicAuth 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftpBasicAuth 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

@description('Name of the app.')
output name string = app.name

@description('Address of the app.')
output address string = 'https://${app.properties.defaultHostName}'
