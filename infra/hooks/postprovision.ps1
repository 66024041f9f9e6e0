# After the resources are there and before the code is: signing keys, sign-in, the shipped model, the trainer's image. Run again, it makes nothing twice.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '../..')

$private = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
New-Item -ItemType Directory $private | Out-Null

function Assert-Done([string] $what) {
  if ($LASTEXITCODE -ne 0) { throw "$what failed (code $LASTEXITCODE)." }
}

# A role that was assigned a moment ago may need minutes until it counts.
function Invoke-Patiently([string] $what, [scriptblock] $command) {
  for ($try = 1; $try -le 20; $try++) {
    $answer = & $command
    if ($LASTEXITCODE -eq 0) { return $answer }
    if ($try -lt 20) { Start-Sleep -Seconds 15 }
  }
  throw "Given up: $what failed again and again."
}

function Initialize-SigningKeys {
  $names = Invoke-Patiently 'reading the vault' { az keyvault secret list --vault-name $env:RLHF_VAULT_NAME --query '[].name' --output tsv }
  if ($names -contains $env:RLHF_SIGNING_KEYS_NAME) { return }
  $secret = [Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(32))
  $file = Join-Path $private 'keys.json'
  [IO.File]::WriteAllText($file, "[{`"id`":`"k1`",`"secret`":`"$secret`"}]")
  # A file, because other users of a machine may see a command's arguments.
  az keyvault secret set --vault-name $env:RLHF_VAULT_NAME --name $env:RLHF_SIGNING_KEYS_NAME --file $file --encoding utf-8 --output none
  Assert-Done 'Writing the signing keys'
  $app = "https://management.azure.com/subscriptions/$env:AZURE_SUBSCRIPTION_ID/resourceGroups/$env:AZURE_RESOURCE_GROUP/providers/Microsoft.Web/sites/$env:RLHF_APP_NAME"
  az rest --method post --output none --url "$app/config/configreferences/appsettings/refresh?api-version=2022-03-01"
  Assert-Done 'Having the app read the signing keys'
}

function Initialize-SignIn {
  az ad app update --id $env:RLHF_AUTH_CLIENT_ID --web-redirect-uris "$env:RLHF_APP_ADDRESS/.auth/login/aad/callback"
  Assert-Done 'Setting the address that sign-in returns to'
  $subjects = az ad app federated-credential list --id $env:RLHF_AUTH_CLIENT_ID --query '[].subject' --output tsv
  Assert-Done 'Reading the federated credentials'
  if ($subjects -contains $env:RLHF_APP_PRINCIPAL) { return }
  $tenant = az account show --query tenantId --output tsv
  Assert-Done 'Reading the tenant'
  $file = Join-Path $private 'credential.json'
  @{
    name      = 'app'
    issuer    = "https://login.microsoftonline.com/$tenant/v2.0"
    subject   = $env:RLHF_APP_PRINCIPAL
    audiences = @('api://AzureADTokenExchange')
  } | ConvertTo-Json | Set-Content $file
  az ad app federated-credential create --id $env:RLHF_AUTH_CLIENT_ID --parameters "@$file" --output none
  Assert-Done 'Making the federated credential'
}

function Send-Model {
  Invoke-Patiently 'uploading the model' {
    az storage blob upload-batch --auth-mode login --account-name $env:RLHF_STORAGE_NAME --destination models --destination-path support-small `
      --source models/support-small --overwrite true --only-show-errors --output none
  } | Out-Null
}

# Once for a version of the sources, and for an image that is imported. `azd env set RLHF_TRAINER_IMAGE ""` has it built again.
function Publish-TrainerImage {
  if (-not $env:RLHF_REGISTRY_NAME) { return }
  $torch = if ($env:RLHF_TRAINER_COMPUTE -eq 'cpu') { 'cpu' } else { 'cuda' }
  $version = git rev-parse --short=12 HEAD 2>$null
  if ($LASTEXITCODE -ne 0) { $version = [DateTime]::UtcNow.ToString('yyyyMMddHHmmss') }
  $tag = "$torch-$version"
  if ($env:RLHF_TRAINER_SOURCE) {
    $source = [Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($env:RLHF_TRAINER_SOURCE))
    $tag = "$tag-$([Convert]::ToHexString($source).Substring(0, 8).ToLowerInvariant())"
  }
  $image = "$env:RLHF_REGISTRY_NAME.azurecr.io/rlhf-trainer:$tag"
  if ($env:RLHF_TRAINER_IMAGE -eq $image) { return }
  if ($env:RLHF_TRAINER_SOURCE) {
    az acr import --name $env:RLHF_REGISTRY_NAME --source $env:RLHF_TRAINER_SOURCE --image "rlhf-trainer:$tag" --force --output none
  }
  else {
    az acr build --registry $env:RLHF_REGISTRY_NAME --image "rlhf-trainer:$tag" --file src/Trainer/Dockerfile --build-arg "TORCH=$torch" --timeout 7200 .
  }
  Assert-Done "Having the trainer's image in the registry"
  az containerapp job update --resource-group $env:AZURE_RESOURCE_GROUP --name $env:RLHF_JOB_NAME --image $image --output none
  Assert-Done 'Giving the job its image'
  azd env set RLHF_TRAINER_IMAGE $image
  Assert-Done 'Remembering the image'
}

try {
  Initialize-SigningKeys
  Initialize-SignIn
  Send-Model
  Publish-TrainerImage
}
finally {
  Remove-Item -Recurse -Force $private
}
