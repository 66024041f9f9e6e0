// Keeps the keys that sign invites. Nothing else is secret here.
import { roles } from './roles.bicep'
import { deployerPrincipal, principal } from './types.bicep'

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The function app.')
param app principal

@description('Whoever deploys: makes the first key, and later ones.')
param deployer deployerPrincipal

var signingKeys = 'signing-keys'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
  }
}

// The vault and not the secret, which is made after this (hooks/postprovision): a role on something that is not there is refused.
resource appSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, app.id, roles.keyVaultSecretsUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
    principalId: app.principalId
    principalType: 'ServicePrincipal'
  }
}

resource deployerSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployer.principalId)) {
  scope: vault
  name: guid(vault.id, deployer.principalId, roles.keyVaultSecretsOfficer)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
    principalId: deployer.principalId
    principalType: deployer.principalType
  }
}

@description('Name of the vault.')
output name string = vault.name

@description('Name of the secret with the signing keys.')
output signingKeysName string = signingKeys

@description('What an app setting holds to read the signing keys from here.')
output signingKeysReference string = '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/${signingKeys})'
