#!/usr/bin/env bash
# After the code is there: has the inbox tell the app about new files. Where this fails the app's timer still finds them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
chmod 700 "$private"

# The host makes the key of blob events when it first starts with the code.
blobs_key() {
  local tries=${RLHF_HOOK_TRIES:-20}
  while :; do
    curl --silent --output /dev/null --max-time 60 "$RLHF_APP_ADDRESS/api/health" || true
    az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" --name "$RLHF_APP_NAME" --query systemKeys.blobs_extension --output tsv >"$private/key" 2>"$private/errors" || true
    [ ! -s "$private/key" ] || return 0
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      cat "$private/errors" >&2
      echo "The app does not show its key for blob events (blobs_extension): does $RLHF_APP_ADDRESS/api/health answer? Once it does: azd hooks run postdeploy" >&2
      return 1
    fi
    sleep "${RLHF_HOOK_PAUSE:-15}"
  done
}

subscribe() {
  cat >"$private/parameters.json" <<JSON
{
  "\$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "topicName": { "value": "$RLHF_TOPIC_NAME" },
    "appName": { "value": "$RLHF_APP_NAME" },
    "functionName": { "value": "InboxDropped" },
    "blobsExtensionKey": { "value": "$(cat "$private/key")" }
  }
}
JSON
  az deployment group create --resource-group "$AZURE_RESOURCE_GROUP" --name inbox-events --template-file infra/inbox-events.bicep \
    --parameters "@$private/parameters.json" --output none
}

blobs_key
subscribe
echo "Ready: $RLHF_APP_ADDRESS"
