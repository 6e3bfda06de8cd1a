/** What an operation is doing, for whoever waits. */
export type Progress =
  | {
      readonly step:
        | 'updating-channel'
        | 'starting-organisation'
        | 'making-identities'
        | 'starting-engine'
        | 'installing-chaincode'
        | 'starting-chaincode'
        | 'starting-schedulers'
        | 'ending-schedulers'
        | 'ending-engine'
        | 'copying';
    }
  | { readonly step: 'fetching-image' | 'building-image'; readonly image: string }
  | { readonly step: 'installed' | 'approved'; readonly mspId: string }
  | { readonly step: 'renewing-certificates' }
  | { readonly step: 'restarting-node'; readonly name: string }
  | { readonly step: 'committed'; readonly sequence: number };

export type OnProgress = (progress: Progress) => void;
