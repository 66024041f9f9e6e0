// What several modules take.

@export()
@description('Somebody who gets roles: one of the two identities.')
type principal = {
  @description('Resource id of the identity.')
  id: string

  @description('What tokens are asked for by.')
  clientId: string

  @description('What roles are assigned to.')
  principalId: string
}

@export()
@description('Whoever runs the deployment. Nobody gets a role where the id is empty.')
type deployerPrincipal = {
  @description('Object id in Entra, or empty.')
  principalId: string

  @description('A person, or a workload that deploys.')
  principalType: 'User' | 'ServicePrincipal'
}

@export()
@description('Where training runs: a serverless GPU, four cores without one, or nowhere (preference fine-tuning by Azure OpenAI instead).')
type trainerCompute = 't4' | 'a100' | 'cpu' | 'none'

@export()
@description('What keeps the orchestrations: Azure Storage, or the Durable Task Scheduler.')
type durableBackend = 'AzureStorage' | 'DurableTaskScheduler'
