// Two identities, so that the training job, which may run any image, holds none of the app's rights.
import { principal } from './types.bicep'

@description('Ending of the names.')
@minLength(13)
@maxLength(13)
param token string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-app-${token}'
  location: location
  tags: tags
}

resource trainer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-trainer-${token}'
  location: location
  tags: tags
}

@description('The function app.')
output app principal = {
  id: app.id
  clientId: app.properties.clientId
  principalId: app.properties.principalId
}

@description('The training job.')
output trainer principal = {
  id: trainer.id
  clientId: trainer.properties.clientId
  principalId: trainer.properties.principalId
}
