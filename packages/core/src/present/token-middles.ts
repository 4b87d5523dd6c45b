/** Secrets that begin like anything else: what has to stand in a text for one to be there, and their form. */
export const tokenMiddles: readonly (readonly [part: string, form: RegExp])[] = [
  // What seldom begins by chance is soon looked for: `&sig=` costs a twentieth of `sig=`
  // Terraform Cloud; secrets of Azure's directory, new keys, storage and registry; licences of MaxMind and New Relic
  ['.atlasv1.', /(?<!\w)[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}/g],
  ['Q~', /(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])/g],
  ['JQQJ99', /(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?![A-Za-z0-9])/g],
  ['+ASt', /(?<![\w+/])[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{6}==/g],
  ['+ACR', /(?<![\w+/])[A-Za-z0-9+/]{42}\+ACR[A-Za-z0-9+/]{6}(?![\w+/])/g],
  ['_mmk', /(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w)/g],
  ['FFFFNRAL', /(?<!\w)[A-Za-z0-9]{32}FFFFNRAL(?!\w)/g],
  // What signs a URL opens what is behind it: shared access of Azure and of S3
  ['&sig=', /(?<=&sig=)[\w%+/=-]{32,512}/g],
  ['X-Amz-Signature=', /(?<=[?&;]X-Amz-Signature=)[a-fA-F0-9]{32,1024}/g],
  ['X-Goog-Signature=', /(?<=[?&;]X-Goog-Signature=)[a-fA-F0-9]{32,1024}/g],
  // A line of .pgpass; of other ports too much else looks like it
  [':5432:', /(?<=:5432:[\w*-]{1,64}:[\w@.*-]{1,64}:)[^\s:"']{4,256}/g],
  // Keys of PuTTY and of SSH2
  ['Private-Lines: ', /(?<=Private-Lines: \d{1,4}(?:\r?\n|\\r\\n|\\n))(?:(?!Private-)[A-Za-z0-9+/=]{1,64}(?:\r?\n|\\r\\n|\\n)?){1,4096}/g],
  ['SSH2 ENCRYPTED', /(?<=---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----)[^-]{20,16384}/g],
]
