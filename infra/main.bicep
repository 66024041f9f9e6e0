// Everything the pipeline needs in Azure, in one resource group. Deployed by `azd up` (azure.yaml); docs/azure.md says how, and what it costs.
// No account key, connection string with a key or shared access signature anywhere: who may do what is a role of an identity, assigned beside its resource.
targetScope = 'subscription'

import { durableBackend, trainerCompute } from './modules/types.bicep'

@description('Name of the deployment: of the resource group, and part of what the names are made from.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Azure region. A GPU is to be had in some only; the hook before provisioning looks.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Object id of whoever deploys, for roles on the inbox, the models and the vault. Empty: none are assigned, and the hooks after provisioning need them from elsewhere.')
@maxLength(36)
param principalId string = ''

@description('What deploys: a person, or a workload.')
@allowed(['User', 'ServicePrincipal'])
param principalType string = 'User'

@description('Client id of the Entra application that owners sign in to. The hook before provisioning makes one.')
@minLength(36)
@maxLength(36)
param authClientId string

@description('Object ids of the Entra users who own campaigns, comma-separated. Empty: whoever deploys.')
param owners string = ''

@description('Further host names of the app, comma-separated: custom domains.')
param extraHosts string = ''

@description('Further app settings by name, as Key Vault references where they are secret: OPENAI_API_KEY, Generators__<name>__Key, RLHF_LABEL_STUDIO_TOKEN and the like. None that the deployment sets itself.')
@secure()
param extraSettings object = {}

@description('Where training runs: a T4 or an A100, four cores without a GPU, or nowhere (Azure OpenAI fine-tuning instead).')
param trainer trainerCompute = 't4'

@description('Image of the trainer. Empty before the first build; the hook after provisioning builds and remembers it.')
param trainerImage string = ''

@description('Longest a training may take, in minutes.')
@minValue(10)
@maxValue(1440)
param trainerTimeoutMinutes int = 360

@description('Model of a campaign that names none: a prefix of blobs. The hook after provisioning uploads the shipped one.')
@minLength(8)
param defaultModel string = 'models/support-small'

@description('Whether an Azure OpenAI resource with a deployment is made.')
param openAi bool = false

@description('Region of Azure OpenAI. Empty: the same as everything else.')
param openAiLocation string = ''

@description('Model that answers. Models are retired: `az cognitiveservices model list` says what a region has.')
@minLength(1)
param openAiModel string = 'gpt-4.1-mini'

@description('Version of the model.')
@minLength(1)
param openAiModelVersion string = '2025-04-14'

@description('Thousands of tokens a minute that the deployment may use.')
@minValue(1)
@maxValue(10000)
param openAiCapacity int = 50

@description('Whether the app may fine-tune and deploy models in the Azure OpenAI resource.')
param openAiFineTuning bool = false

@description('What keeps the orchestrations. The Durable Task Scheduler has not been tried with this app.')
param backend durableBackend = 'AzureStorage'

@description('How storage is replicated.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Days that deleted and overwritten blobs can be brought back.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 7

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most gigabytes of logs and traces taken in a day.')
@minValue(1)
@maxValue(100)
param logDailyGigabytes int = 1

@description('Memory of an instance of the function app, in MB. Models that answer in the app have to fit.')
@allowed([2048, 4096])
param instanceMemory int = 2048

@description('Most instances of the function app.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances kept warm for pages and the API. 0: the first request after a quiet time waits for a cold start.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('Instances kept warm for orchestrations.')
@minValue(0)
@maxValue(20)
param alwaysReadyDurable int = 0

@description('Instances kept warm for the inbox.')
@minValue(0)
@maxValue(20)
param alwaysReadyBlob int = 0

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var deployer = { principalId: principalId, principalType: principalType }

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  scope: group
  params: { token: token, location: location, tags: tags }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: storageSku
    softDeleteDays: softDeleteDays
    app: identities.outputs.app
    trainer: identities.outputs.trainer
    deployer: deployer
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyGigabytes: logDailyGigabytes
    app: identities.outputs.app
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    app: identities.outputs.app
    deployer: deployer
  }
}

module training 'modules/trainer.bicep' = if (trainer != 'none') {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    compute: trainer
    image: trainerImage
    timeoutMinutes: trainerTimeoutMinutes
    blobEndpoint: storage.outputs.blobEndpoint
    workspaceId: monitoring.outputs.workspaceId
    app: identities.outputs.app
    trainer: identities.outputs.trainer
  }
}

module models 'modules/openai.bicep' = if (openAi) {
  scope: group
  params: {
    name: 'oai-${token}'
    location: empty(openAiLocation) ? location : openAiLocation
    tags: tags
    model: openAiModel
    modelVersion: openAiModelVersion
    capacity: openAiCapacity
    fineTuning: openAiFineTuning
    app: identities.outputs.app
  }
}

module scheduler 'modules/scheduler.bicep' = if (backend == 'DurableTaskScheduler') {
  scope: group
  params: { token: token, location: location, tags: tags, app: identities.outputs.app }
}

module functionApp 'modules/functionApp.bicep' = {
  scope: group
  params: {
    name: 'func-${token}'
    location: location
    tags: tags
    identity: identities.outputs.app
    storageName: storage.outputs.name
    blobEndpoint: storage.outputs.blobEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    packageContainer: storage.outputs.packageContainer
    insightsConnection: monitoring.outputs.connectionString
    signingKeysReference: vault.outputs.signingKeysReference
    authClientId: authClientId
    owners: empty(owners) ? principalId : owners
    extraHosts: extraHosts
    defaultModel: defaultModel
    optionalSettings: union(
      trainer == 'none' ? {} : { RLHF_TRAINER_JOB: training!.outputs.jobId },
      openAi ? { AZURE_OPENAI_ENDPOINT: models!.outputs.endpoint } : {},
      openAi && openAiFineTuning ? { RLHF_FINE_TUNING_ACCOUNT: models!.outputs.accountId } : {},
      // host.json says Azure Storage; the last two lie over it.
      backend == 'AzureStorage'
        ? {}
        : {
            DURABLE_TASK_SCHEDULER_CONNECTION_STRING: scheduler!.outputs.connectionString
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
          }
    )
    extraSettings: extraSettings
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    alwaysReady: { http: alwaysReadyHttp, durable: alwaysReadyDurable, blob: alwaysReadyBlob }
  }
}

// The hooks and `azd env get-values` read these.
@description('Resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Function app.')
output RLHF_APP_NAME string = functionApp.outputs.name

@description('Where owners and annotators go.')
output RLHF_APP_ADDRESS string = functionApp.outputs.address

@description('Object id of the app\'s identity, for the federated credential of the Entra application.')
output RLHF_APP_PRINCIPAL string = identities.outputs.app.principalId

@description('Storage account.')
output RLHF_STORAGE_NAME string = storage.outputs.name

@description('Event Grid topic of the storage account.')
output RLHF_TOPIC_NAME string = storage.outputs.topicName

@description('Key vault.')
output RLHF_VAULT_NAME string = vault.outputs.name

@description('Secret with the signing keys.')
output RLHF_SIGNING_KEYS_NAME string = vault.outputs.signingKeysName

@description('Registry of the trainer\'s image; empty where nothing trains here.')
output RLHF_REGISTRY_NAME string = trainer == 'none' ? '' : training!.outputs.registryName

@description('Training job; empty where nothing trains here.')
output RLHF_JOB_NAME string = trainer == 'none' ? '' : training!.outputs.jobName
