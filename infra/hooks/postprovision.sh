#!/usr/bin/env bash
# After the resources are there and before the code is: signing keys, sign-in, the shipped model, the trainer's image. Run again, it makes nothing twice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
chmod 700 "$private"

# A role that was assigned a moment ago may need minutes until it counts.
patiently() {
  local tries=${RLHF_HOOK_TRIES:-20}
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "Given up: $1 ${2:-} ${3:-} failed again and again." >&2; return 1; }
    sleep "${RLHF_HOOK_PAUSE:-15}"
  done
}

list_secrets() { az keyvault secret list --vault-name "$RLHF_VAULT_NAME" --query "[].name" --output tsv >"$private/secrets"; }

signing_keys() {
  patiently list_secrets
  if grep -qx "$RLHF_SIGNING_KEYS_NAME" "$private/secrets"; then return; fi
  printf '[{"id":"k1","secret":"%s"}]' "$(openssl rand -base64 32)" >"$private/keys.json"
  # A file, because other users of a machine may see a command's arguments.
  az keyvault secret set --vault-name "$RLHF_VAULT_NAME" --name "$RLHF_SIGNING_KEYS_NAME" --file "$private/keys.json" --encoding utf-8 --output none
  az rest --method post --output none --url \
    "https://management.azure.com/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$AZURE_RESOURCE_GROUP/providers/Microsoft.Web/sites/$RLHF_APP_NAME/config/configreferences/appsettings/refresh?api-version=2022-03-01"
}

sign_in() {
  az ad app update --id "$RLHF_AUTH_CLIENT_ID" --web-redirect-uris "$RLHF_APP_ADDRESS/.auth/login/aad/callback"
  local subjects
  subjects=$(az ad app federated-credential list --id "$RLHF_AUTH_CLIENT_ID" --query "[].subject" --output tsv)
  if grep -qx "$RLHF_APP_PRINCIPAL" <<<"$subjects"; then return; fi
  cat >"$private/credential.json" <<JSON
{
  "name": "app",
  "issuer": "https://login.microsoftonline.com/$(az account show --query tenantId --output tsv)/v2.0",
  "subject": "$RLHF_APP_PRINCIPAL",
  "audiences": ["api://AzureADTokenExchange"]
}
JSON
  az ad app federated-credential create --id "$RLHF_AUTH_CLIENT_ID" --parameters "@$private/credential.json" --output none
}

upload_model() {
  az storage blob upload-batch --auth-mode login --account-name "$RLHF_STORAGE_NAME" --destination models --destination-path support-small \
    --source models/support-small --overwrite true --only-show-errors --output none
}

# Once for a version of the sources, and for an image that is imported. `azd env set RLHF_TRAINER_IMAGE ""` has it built again.
trainer_image() {
  [ -n "${RLHF_REGISTRY_NAME:-}" ] || return 0
  local tag image torch=cuda
  if [ "${RLHF_TRAINER_COMPUTE:-t4}" = cpu ]; then torch=cpu; fi
  tag=$torch-$(git rev-parse --short=12 HEAD 2>/dev/null || date -u +%Y%m%d%H%M%S)
  if [ -n "${RLHF_TRAINER_SOURCE:-}" ]; then tag=$tag-$(printf %s "$RLHF_TRAINER_SOURCE" | openssl dgst -sha256 -r | cut -c 1-8); fi
  image="$RLHF_REGISTRY_NAME.azurecr.io/rlhf-trainer:$tag"
  [ "${RLHF_TRAINER_IMAGE:-}" != "$image" ] || return 0
  if [ -n "${RLHF_TRAINER_SOURCE:-}" ]; then
    az acr import --name "$RLHF_REGISTRY_NAME" --source "$RLHF_TRAINER_SOURCE" --image "rlhf-trainer:$tag" --force --output none
  else
    az acr build --registry "$RLHF_REGISTRY_NAME" --image "rlhf-trainer:$tag" --file src/Trainer/Dockerfile --build-arg "TORCH=$torch" --timeout 7200 .
  fi
  az containerapp job update --resource-group "$AZURE_RESOURCE_GROUP" --name "$RLHF_JOB_NAME" --image "$image" --output none
  azd env set RLHF_TRAINER_IMAGE "$image"
}

signing_keys
sign_in
patiently upload_model
trainer_image
