// The training job and what it needs: a registry for its image, an environment with a serverless GPU.
import { roles } from './roles.bicep'
import { principal, trainerCompute } from './types.bicep'

@description('Ending of the names.')
@minLength(13)
@maxLength(13)
param token string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What the job runs on.')
param compute trainerCompute

@description('Image of the trainer. Empty before the first build (hooks/postprovision): a public one that only says hello stands in, since a job needs an image that is there.')
param image string

@description('Longest a training may take, in minutes. The platform stops what takes longer; the pipeline restarts it from its checkpoint, a bounded number of times.')
@minValue(10)
@maxValue(1440)
param timeoutMinutes int

@description('Address of the blobs.')
param blobEndpoint string

@description('Resource id of the log workspace.')
param workspaceId string

@description('The function app, which starts the job.')
param app principal

@description('The training job.')
param trainer principal

// A profile gives a whole GPU with these cores and this memory; the job asks for all of it.
var shapes = {
  t4: { profile: 'Consumption-GPU-NC8as-T4', cores: '8', memory: '56Gi' }
  a100: { profile: 'Consumption-GPU-NC24-A100', cores: '24', memory: '220Gi' }
  cpu: { profile: 'Consumption', cores: '4', memory: '8Gi' }
}
var shape = shapes[compute]
var consumption = { name: 'Consumption', workloadProfileType: 'Consumption' }
var profiles = shape.profile == 'Consumption' ? [consumption] : [consumption, { name: 'trainer', workloadProfileType: shape.profile }]
var placeholder = 'mcr.microsoft.com/k8se/quickstart-jobs:latest'

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: {
    adminUserEnabled: false
    policies: { azureADAuthenticationAsArmPolicy: { status: 'enabled' } }
  }
}

resource trainerPull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, trainer.id, roles.acrPull)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
    principalId: trainer.principalId
    principalType: 'ServicePrincipal'
  }
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    // Diagnostic settings below, because the other road asks for the workspace's key.
    appLogsConfiguration: { destination: 'azure-monitor' }
    workloadProfiles: profiles
    zoneRedundant: false
  }
}

resource environmentLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: environment
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

resource job 'Microsoft.App/jobs@2025-01-01' = {
  name: 'trainer-${token}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${trainer.id}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: shape.profile == 'Consumption' ? consumption.name : 'trainer'
    configuration: {
      triggerType: 'Manual'
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      replicaTimeout: timeoutMinutes * 60
      // The pipeline decides about another try: it knows whether the checkpoint moved, the platform does not.
      replicaRetryLimit: 0
      registries: [{ server: registry.properties.loginServer, identity: trainer.id }]
    }
    template: {
      containers: [
        {
          name: 'trainer'
          image: empty(image) ? placeholder : image
          resources: { cpu: json(shape.cores), memory: shape.memory }
          // RLHF_JOB, which names the run, comes with each start.
          env: [
            { name: 'RLHF_STORAGE', value: blobEndpoint }
            { name: 'AZURE_CLIENT_ID', value: trainer.clientId }
          ]
        }
      ]
    }
  }
  dependsOn: [trainerPull]
}

// Reads, starts and stops this one job. A custom role would leave out the job's secrets, of which it has none, and would ask the deployer for the right to define roles.
resource appStarts 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: job
  name: guid(job.id, app.id, roles.containerAppsJobsOperator)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.containerAppsJobsOperator)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Resource id of the job.')
output jobId string = job.id

@description('Name of the job.')
output jobName string = job.name

@description('Name of the registry.')
output registryName string = registry.name
