/** The name of an SSM parameter: a path, so that a role can be given a folder of them. Names that begin with "aws"
 *  or "ssm" are reserved. Source: SSM PutParameter. */
export const parameterName = /^(?!\/(aws|ssm)\b)(\/[\w.-]+){1,15}$/i;

export const parameterRule = 'write a path such as "/file-search/dev/database-url"';
